// The words stand in words.json, in English and in Korean; {0} stands for what is put in.

let language = 0;

function say(key, ...values) {
  return WORDS[key][language].replace(/{(\d)}/g, (_, place) => values[place]);
}
